import * as z from 'zod'
import type { Fields } from '../input/form-values.js'
import { line, parse } from '../input/schemas.js'
import { type Permission, permissions } from './policy.js'
import { permissionsOf } from './role.js'

/** What a role is called and allows. */
export interface RoleDraft {
  /** Of a role whose name is a text: none. */
  name: string | undefined
  permissions: readonly Permission[]
}

/** @param keepsName whether the role is one of those whose names are texts @throws {Invalid} */
export function parseRole(fields: Fields, keepsName = false): RoleDraft {
  const { name } = keepsName ? { name: undefined } : parse(named, fields)
  return { name, permissions: permissionsOf({ builtIn: null, permissions: checkedOf(fields).join(' ') }) }
}

/** @throws {Invalid} */
export function parseRoleOfProgram(values: unknown): RoleDraft {
  const { name, permissions: asked } = parse(roleOfProgram, values)
  return { name, permissions: permissionsOf({ builtIn: null, permissions: asked.join(' ') }) }
}

/** The permissions whose boxes are checked: each is a field of its own. */
export function checkedOf(fields: Fields): readonly Permission[] {
  return permissions.filter((permission) => fields[permission] === 'on')
}

const longestName = 60

const named = z.object({ name: line(longestName) })

/** What a program says of a role. */
export const roleOfProgram = named.extend({
  permissions: z.array(z.enum(permissions, { error: 'problem.garbled' }), { error: 'problem.garbled' }).max(100, {
    error: 'problem.garbled',
  }),
})
