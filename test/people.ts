import { makeAdministrator, Person, registration, unique } from './person.js'
import { databases } from './system.js'

/** Somebody with an account and a session. */
export interface Member {
  id: number
  email: string
  account: ReturnType<typeof registration>
  person: Person
}

/** Registers somebody. @param roleId that they get then */
export async function member(roleId = 2): Promise<Member> {
  const account = registration()
  const person = new Person()
  await person.post('/register', account)
  const { email } = account
  await databases.users('users').where({ email }).update({ role_id: roleId })
  return { id: (await databases.users('users').where({ email }).first('id')).id, email, account, person }
}

/** Somebody who may do everything. */
export async function administrating(): Promise<Member> {
  const made = await member()
  await makeAdministrator(made.email)
  return made
}

/** A role of its own. @returns its number */
export async function insertRole(...permissions: string[]): Promise<number> {
  const [id] = await databases.users('roles').insert({ name: `Role ${unique()}`, permissions: permissions.join(' ') })
  return id as number
}

/** What the audit says that was done with a person or role, from the first to the last. */
export async function actsOn(kind: 'user' | 'role', id: number): Promise<string[]> {
  return databases.users('audit').where({ subject_kind: kind, subject_id: id }).orderBy('id').pluck('action')
}
