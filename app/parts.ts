import { type Audit, createAudit } from './audit/audit.js'
import type { Config } from './config.js'
import { type Databases, openDatabases } from './database/database.js'
import { createViews, type Views } from './http/views.js'
import type { Lifecycle } from './lifecycle.js'
import { createLog, type Log } from './log.js'
import { type Cluster, joinCluster } from './monitoring/cluster.js'
import { findReplicaName } from './monitoring/replica-name.js'
import { findVersion } from './monitoring/version.js'
import { type Archive, createArchive } from './products/archive/archive.js'
import { type Catalogue, createCatalogue } from './products/catalogue.js'
import { type Categories, createCategories } from './products/categories/categories.js'
import { createExports, type Exports } from './products/csv/exports.js'
import { createImports, type Imports } from './products/import/imports.js'
import { createTurns } from './products/search/turns.js'
import { createStockKeeping, type StockKeeping } from './products/stock/stock.js'
import { type Accounts, createAccounts } from './users/accounts.js'
import type { RegistrationRules } from './users/admission.js'
import { createInvitations, type Invitations } from './users/invitations.js'
import { createKeys, type Keys } from './users/keys/keys.js'
import { createRelay } from './users/mail/relay.js'
import { createManagement, type Management } from './users/management.js'
import { createOwnAccount, type OwnAccount } from './users/own-account.js'
import { createProofs, type Proofs } from './users/proofs.js'
import { createResets, type Resets } from './users/resets.js'
import { createRoles, type Roles } from './users/roles.js'
import { createPersonalTokens, type PersonalTokens } from './users/tokens/personal.js'
import { createTokens, type Tokens } from './users/tokens/tokens.js'

/** What a replica is made of. */
export interface Parts {
  replica: string
  /** Of the build: see the page of the servers. */
  version: string
  /** The names that it serves; none means any. */
  hosts: string[]
  /** Of the sites whose scripts may use the API. */
  corsOrigins: string[]
  log: Log
  lifecycle: Lifecycle
  databases: Databases
  keys: Keys
  tokens: Tokens
  personalTokens: PersonalTokens
  accounts: Accounts
  ownAccount: OwnAccount
  management: Management
  roles: Roles
  invitations: Invitations
  /** Whether anybody may make an account. */
  registration: RegistrationRules['mode']
  /** None where no mail is set up: then addresses are taken as they are given. */
  proofs: Proofs | undefined
  resets: Resets
  /** Sends the mails that are due; none where no mail is set up. */
  sendDueMails: (() => Promise<void>) | undefined
  catalogue: Catalogue
  archive: Archive
  categories: Categories
  stock: StockKeeping
  imports: Imports
  exports: Exports
  audit: Audit
  cluster: Cluster
  views: Views
}

/** Puts a replica together. Its heartbeats begin; nothing else is done before it is asked for. */
export async function createParts(config: Config): Promise<Parts> {
  const replica = config.replicaName ?? (await findReplicaName())
  const log = createLog(config.logLevel, replica)
  const databases = openDatabases(config)
  const turns = createTurns()
  const sendsMail = config.mail !== undefined
  const keys = createKeys(databases.users, config.masterKey)
  return {
    replica,
    version: findVersion(),
    hosts: config.hosts,
    corsOrigins: config.corsOrigins,
    log,
    lifecycle: { draining: false },
    databases,
    keys,
    personalTokens: createPersonalTokens(databases.users, config.appSecret, replica),
    tokens: createTokens(databases.users, keys.signingKeys, config.appSecret, replica),
    accounts: createAccounts(databases.users, config.appSecret, replica, config.registration),
    ownAccount: createOwnAccount(databases.users, config.appSecret, replica, sendsMail),
    management: createManagement(databases.users, config.appSecret, replica, sendsMail),
    roles: createRoles(databases.users, config.appSecret, replica),
    invitations: createInvitations(databases.users, config.appSecret, replica),
    registration: config.registration.mode,
    proofs: sendsMail ? createProofs(databases.users, config.appSecret, replica, config.registration) : undefined,
    resets: createResets(databases.users, config.appSecret, replica),
    sendDueMails: config.mail && createRelay(databases.users, config.mail, config.appSecret),
    catalogue: createCatalogue(databases.products, config.appSecret, replica, turns),
    archive: createArchive(databases.products, config.appSecret, replica),
    categories: createCategories(databases.products, config.appSecret, replica),
    stock: createStockKeeping(databases.products, config.appSecret, replica),
    imports: createImports(databases.products, config.appSecret, replica),
    exports: createExports(databases.products, turns),
    audit: createAudit(databases),
    cluster: joinCluster({ replica, database: config.users, databases, log }),
    views: createViews(replica, config.production),
  }
}
