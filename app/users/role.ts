import { type Permission, permissions } from './policy.js'

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

/** What a role allows: an administrator's everything, whatever this version knows; of others what this version knows. */
export function permissionsOf({ builtIn, permissions: names }: RoleRow): readonly Permission[] {
  if (builtIn === 'administrator') return permissions
  const held = new Set(names.split(' '))
  if (needProducts.some((permission) => held.has(permission))) held.add('products.read')
  return permissions.filter((permission) => held.has(permission))
}

/** What nobody can do who does not see the products. */
const needProducts: readonly Permission[] = ['products.write', 'products.delete', 'stock.move', 'imports.run']
