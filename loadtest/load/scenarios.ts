import { browse, type Journey, mixed, registerProducts, search, signIn, type Traveller, welcome } from './journeys.js'

export interface Scenario {
  journey: (traveller: Traveller) => Journey
  /** Whether its visitors have an account, and whether they are signed in before the measurement starts. */
  visitors: 'anonymous' | 'with account' | 'signed in'
  /** Whether it needs products to be there. */
  readsProducts: boolean
  /** How many connections it takes where none are asked for. */
  connections: number
}

export type ScenarioName = keyof typeof scenarios

export const scenarios = {
  welcome: { journey: welcome, visitors: 'anonymous', readsProducts: false, connections: 20 },
  // Two cores check about eight passwords a second, so more people at once would only measure how they queue.
  'sign-in': { journey: signIn, visitors: 'with account', readsProducts: false, connections: 4 },
  browse: { journey: browse, visitors: 'signed in', readsProducts: true, connections: 20 },
  search: { journey: search, visitors: 'signed in', readsProducts: true, connections: 10 },
  'register-products': { journey: registerProducts, visitors: 'signed in', readsProducts: false, connections: 10 },
  mixed: { journey: mixed, visitors: 'signed in', readsProducts: true, connections: 20 },
} satisfies Record<string, Scenario>
