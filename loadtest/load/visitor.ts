import type { Browser } from '../client/browser.js'
import type { Step } from '../client/step.js'
import type { Journey, Traveller } from './journeys.js'

/** Somebody on a journey, who takes the next step when the last one was answered as expected. */
export class Visitor {
  readonly #start: () => Journey
  #journey: Journey | undefined
  #location: string | undefined

  constructor(
    readonly browser: Browser,
    traveller: Omit<Traveller, 'signedIn'>,
    journey: (traveller: Traveller) => Journey,
  ) {
    this.#start = () => journey({ ...traveller, signedIn: browser.hasCookie('session') })
  }

  nextStep(): Step {
    this.#journey ??= this.#start()
    const { value, done } = this.#journey.next(this.#location)
    if (!done) return value
    this.#journey = undefined
    return this.nextStep()
  }

  /** @param error why the last step failed, where it did; the journey ends there */
  arrived(error: string | undefined, location?: string): void {
    this.#location = location
    if (error) this.#journey = undefined
  }
}
