/** The dialect that knex uses for mysql2; its types are not published. */
declare module 'knex/lib/dialects/mysql2/index.js' {
  export default class Client {
    destroyRawConnection(connection: unknown): Promise<unknown>
    checkVersion(connection: unknown): Promise<void>
  }
}
