/** Names in code for what a person may be allowed to do. */
export const permissions = [
  'products.read',
  'products.write',
  'products.delete',
  'stock.move',
  'imports.run',
  'users.read',
  'users.manage',
  'roles.manage',
  'audit.read',
  'cluster.read',
] as const

export type Permission = (typeof permissions)[number]

/** Whoever the rules are asked about. */
export interface Actor {
  permissions: readonly Permission[]
}

/** The one place that says who may do what; pages, menus and programs ask here. */
export function may(actor: Actor, permission: Permission): boolean {
  return actor.permissions.includes(permission)
}

/** Whether somebody may all of this, so that giving it to others gives nothing that they do not have themselves. */
export function mayAll(actor: Actor, asked: readonly Permission[]): boolean {
  return asked.every((permission) => may(actor, permission))
}
