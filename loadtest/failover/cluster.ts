/** What the failover suite does to a running Bodega, in either form. */
export interface Cluster {
  url: string
  /** The replicas' names, as X-Served-By gives them. */
  replicas(): Promise<string[]>
  signal(replica: string, signal: Signal): Promise<void>
  /** Whether the replica serves; one that was ended, whether it is back. */
  isReady(replica: string): Promise<boolean>
  signalDatabase(signal: Signal): Promise<void>
  reloadProxy(): Promise<void>
  /**
   * Has the replicas be of this version or the one before it, from the next start of each, and the databases too.
   * Undefined where only one version can be had.
   */
  deploy?(version: Version): Promise<void>
  /** Rows of a database, each cell as text, by an account of the suite's own choice. */
  query(database: 'users' | 'products', sql: string): Promise<string[][]>
}

/** `previous` is the last one of another schema. */
export type Version = 'previous' | 'current'

/** What is ended by one comes back by itself; what is stopped goes on with SIGCONT. */
export type Signal = 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT'
