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
  const held = new Set(names.split(' '))
  for (const [needed, by] of needs) if (by.some((permission) => held.has(permission))) held.add(needed)
  return permissions.filter((permission) => held.has(permission))
}

/** What nobody can do who does not see the products, or the people. */
const needs: [Permission, Permission[]][] = [
  ['products.read', ['products.write', 'products.delete', 'stock.move', 'imports.run']],
  ['users.read', ['users.manage']],
]

/** What a role has from a newer version, which this one does not know. */
export function newerOf({ permissions: names }: RoleRow): string[] {
  return names.split(' ').filter((name) => name !== '' && !(permissions as readonly string[]).includes(name))
}

/** Whoever gives a role, or changes one. */
export interface Manager extends Actor {
  role: { builtIn: BuiltInRole | null }
}

/** Whether somebody may all that a role allows, so that they may give it, and touch who has it. */
export function mayHandle(actor: Manager, role: RoleRow): boolean {
  if (actor.role.builtIn === 'administrator') return true
  return mayAll(actor, permissionsOf(role)) && newerOf(role).length === 0
}
