import { type DatabaseConfig, readConfig } from '../../app/config.js'
import { stackFolder } from '../../stack/checkout.js'
import { readStackRecord } from '../../stack/record.js'
import { type ReplicaRecord, readRecords } from '../../stack/replicas.js'

/** The system that `npm start` runs on this machine, of which more is known than HTTP says. */
export interface LocalStack {
  users: DatabaseConfig
  products: DatabaseConfig
  replicas: ReplicaRecord[]
}

/** The local stack where it is the one that answers at this address; undefined for a system in containers or elsewhere. */
export function findLocalStack(baseUrl: string): LocalStack | undefined {
  const folder = stackFolder()
  const record = readStackRecord(folder)
  const { hostname, port } = new URL(baseUrl)
  if (!record || !['localhost', '127.0.0.1', '[::1]'].includes(hostname)) return undefined
  if (new URL(record.url).port !== port) return undefined
  const { users, products } = readConfig(record.settings)
  return { users, products, replicas: readRecords(folder) }
}
