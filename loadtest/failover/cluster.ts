/** What the failover suite does to a running Bodega, in either form. */
export interface Cluster {
  url: string
  /** The replicas' names, as X-Served-By gives them. */
  replicas(): Promise<string[]>
  signal(replica: string, signal: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT'): Promise<void>
  /** Whether the replica that was ended is there again and serves. */
  isReady(replica: string): Promise<boolean>
  killDatabase(): Promise<void>
  reloadProxy(): Promise<void>
  /** Rows of a database, each cell as text, by an account of the suite's own choice. */
  query(database: 'users' | 'products', sql: string): Promise<string[][]>
}
