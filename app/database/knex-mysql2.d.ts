/** The dialect that knex uses for mysql2; its types are not published. */
declare module 'knex/lib/dialects/mysql2/index.js' {
  export default class Client {
    _query(connection: unknown, query: unknown): Promise<unknown>
    destroyRawConnection(connection: unknown): Promise<unknown>
    checkVersion(connection: unknown): Promise<void>
  }
}
