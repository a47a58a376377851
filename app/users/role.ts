import { type Actor, mayAll, type Permission, permissions } from './policy.js'

/** The roles that are there from the start, by their names in code. */
export type BuiltInRole = 'administrator' | 'editor' | 'viewer'

/** The number that a role has in every database. */
export const builtInRoleIds: Record<BuiltInRole, number> = { administrator: 1, editor: 2, viewer: 3 }

/** A role, as its row has it. */
export interface RoleRow {
  builtIn: BuiltInRole | null
  /** Names, with a space between. */
  permissions: string
}

export interface NamedRole extends RoleRow {
  id: number
  name: string
}

/** What a role allows: an administrator's everything, whatever this version knows; of others what this version knows. */
export function permissionsOf({ builtIn, permissions: names }: RoleRow): readonly Permission[] {
  if (builtIn === 'administrator') return permissions
  const held = names.split(' ')
  return permissions.filter((permission) => held.includes(permission))
}

/** Whoever gives a role, or changes one. */
export interface Manager extends Actor {
  role: { builtIn: BuiltInRole | null }
}

/** Whether somebody may all that a role allows, also what only a newer version knows: so they may give it, and touch who has it. */
export function mayHandle(actor: Manager, role: RoleRow): boolean {
  return actor.role.builtIn === 'administrator' || mayAll(actor, namesOf(role) as readonly Permission[])
}

/** The names of what a role allows, those of a newer version too. */
export function namesOf({ builtIn, permissions: names }: RoleRow): readonly string[] {
  return builtIn === 'administrator' ? permissions : names.split(' ').filter(Boolean)
}
