/** Names in code for what a person may be allowed to do. */
export type Permission =
  | 'products:read'
  | 'products:edit'
  | 'products:delete'
  | 'stock:move'
  | 'imports:run'
  | 'status:read'

/** Everybody is an editor. */
type Role = keyof typeof permissions

/** Whoever the rules are asked about. */
export interface Actor {
  role: Role
}

const permissions = {
  editor: new Set<Permission>([
    'products:read',
    'products:edit',
    'products:delete',
    'stock:move',
    'imports:run',
    'status:read',
  ]),
}

/** The one place that says who may do what; pages and menus ask here. */
export function may(actor: Actor, permission: Permission): boolean {
  return permissions[actor.role].has(permission)
}
