import { readFileSync } from 'node:fs'
import * as z from 'zod'

/** Where a database is and which account uses it; the password comes apart from the URL, so that the URL is no secret. */
export interface DatabaseConfig {
  host: string
  port: number
  user: string
  password: string
  database: string
}

export type Config = Readonly<ReturnType<typeof readConfig>>

/**
 * Reads the replica's settings; the README's table explains each.
 * Every name may be given as NAME_FILE instead, the path of a file that holds the value.
 * @throws {Error} naming every setting that is missing or wrong, not only the first
 */
export function readConfig(environment: NodeJS.ProcessEnv) {
  const settings = parse(replicaSettings, environment)
  return {
    address: settings.ADDRESS,
    port: settings.PORT,
    replicaName: settings.REPLICA_NAME,
    production: settings.NODE_ENV === 'production',
    logLevel: settings.LOG_LEVEL,
    poolSize: settings.DATABASE_POOL_SIZE,
    appSecret: settings.APP_SECRET,
    masterKey: masterKeyOf(settings),
    hosts: settings.ALLOWED_HOSTS,
    corsOrigins: settings.CORS_ORIGINS,
    failpointFile: settings.FAILPOINT_FILE,
    hasJobs: settings.JOBS === 'on',
    mail: mailOf(settings),
    registration: { mode: settings.REGISTRATION, role: settings.REGISTRATION_ROLE },
    users: database(settings.USERS_DATABASE_URL, settings.USERS_DATABASE_PASSWORD),
    products: database(settings.PRODUCTS_DATABASE_URL, settings.PRODUCTS_DATABASE_PASSWORD),
  }
}

/**
 * Reads the migrator's settings: the replica's two accounts, and on each server one that may create them.
 * @throws {Error} naming every setting that is missing or wrong
 */
export function readMigratorConfig(environment: NodeJS.ProcessEnv) {
  const settings = parse(migratorSettings, environment)
  return {
    users: {
      account: database(settings.USERS_DATABASE_URL, settings.USERS_DATABASE_PASSWORD),
      admin: database(settings.USERS_ADMIN_URL, settings.USERS_ADMIN_PASSWORD),
    },
    products: {
      account: database(settings.PRODUCTS_DATABASE_URL, settings.PRODUCTS_DATABASE_PASSWORD),
      admin: database(settings.PRODUCTS_ADMIN_URL, settings.PRODUCTS_ADMIN_PASSWORD),
    },
  }
}

const mysqlUrl = z.url({ protocol: /^mysql$/, error: 'must be mysql://account@host:port/database' })
const secret = z.string('is required').min(16, 'must have 16 characters or more')

const accountSettings = {
  USERS_DATABASE_URL: mysqlUrl,
  USERS_DATABASE_PASSWORD: secret,
  PRODUCTS_DATABASE_URL: mysqlUrl,
  PRODUCTS_DATABASE_PASSWORD: secret,
}

const replicaSettings = z
  .object({
    ...accountSettings,
    NODE_ENV: z.enum(['production', 'development']).default('production'),
    ADDRESS: z.string().default('127.0.0.1'),
    PORT: z.coerce.number().int().min(0).max(65535).default(3000),
    REPLICA_NAME: z
      .string()
      .regex(/^[\w.-]{1,64}$/, 'must have 1 to 64 letters, digits, ".", "_" or "-"')
      .optional(),
    LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
    DATABASE_POOL_SIZE: z.coerce.number().int().min(1).max(200).default(10),
    APP_SECRET: z.string('is required').min(32, 'must have 32 characters or more'),
    MASTER_KEY: z.string().min(32, 'must have 32 characters or more').optional(),
    KMS_KEY_ID: z.string().optional(),
    KMS_ENDPOINT: z.url({ protocol: /^https?$/, error: 'must be the address of the service, https://…' }).optional(),
    AWS_REGION: z.string().optional(),
    AWS_ACCESS_KEY_ID: z.string().optional(),
    AWS_SECRET_ACCESS_KEY: z.string().optional(),
    ALLOWED_HOSTS: z.string().default('').transform(namesIn),
    CORS_ORIGINS: z.string().default('').transform(namesIn),
    REGISTRATION: z.enum(['open', 'invite', 'closed']).default('open'),
    REGISTRATION_ROLE: z.enum(['editor', 'viewer']).default('editor'),
    MAIL_URL: z.url({ protocol: /^smtps?$/, error: 'must be smtp://account:password@host:port' }).optional(),
    MAIL_FROM: z.string().optional(),
    PUBLIC_URL: z.url({ protocol: /^https?$/, error: 'must be the address that people use, https://…' }).optional(),
    // For tests: app/writes/failpoints.ts; and a replica whose statements are its requests' alone.
    FAILPOINT_FILE: z.string().optional(),
    JOBS: z.enum(['on', 'off']).default('on'),
  })
  .superRefine((settings, { addIssue }) => {
    const { MASTER_KEY: local, KMS_KEY_ID: kms, AWS_REGION: region } = settings
    if (!local && !kms) addIssue({ code: 'custom', path: ['MASTER_KEY'], message: 'is required without KMS_KEY_ID' })
    if (kms && !region) addIssue({ code: 'custom', path: ['AWS_REGION'], message: 'is required with KMS_KEY_ID' })
    if (!settings.MAIL_URL) return
    for (const name of ['MAIL_FROM', 'PUBLIC_URL'] as const) {
      if (!settings[name]) addIssue({ code: 'custom', path: [name], message: 'is required with MAIL_URL' })
    }
  })

const migratorSettings = z.object({
  ...accountSettings,
  USERS_ADMIN_URL: mysqlUrl,
  USERS_ADMIN_PASSWORD: secret,
  PRODUCTS_ADMIN_URL: mysqlUrl,
  PRODUCTS_ADMIN_PASSWORD: secret,
})

/** Where the master key is: see users/keys/. */
function masterKeyOf(settings: z.infer<typeof replicaSettings>) {
  const { KMS_KEY_ID: keyId, KMS_ENDPOINT: endpoint, AWS_REGION: region } = settings
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = settings
  const credentials = accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : undefined
  return { local: settings.MASTER_KEY, kms: keyId && region ? { keyId, region, endpoint, credentials } : undefined }
}

/** How mail is sent, where that is set up. */
function mailOf({ MAIL_URL: url, MAIL_FROM: from, PUBLIC_URL: publicUrl }: z.infer<typeof replicaSettings>) {
  return url && from && publicUrl ? { url, from, publicUrl } : undefined
}

/** Names of hosts or origins, separated by spaces or commas. */
function namesIn(list: string): string[] {
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
}

/** The settings of each program, by the names that {@link setting} takes. */
export const settingNames = {
  replica: Object.keys(replicaSettings.shape),
  migrator: Object.keys(migratorSettings.shape),
}

function parse<T extends z.ZodObject>(settings: T, environment: NodeJS.ProcessEnv): z.infer<T> {
  const problems: string[] = []
  const given: Record<string, string | undefined> = {}
  for (const name of Object.keys(settings.shape)) {
    try {
      given[name] = setting(name, environment)
    } catch (error) {
      problems.push(`${name}_FILE: ${(error as Error).message}`)
    }
  }
  const parsed = settings.safeParse(given)
  if (parsed.success && problems.length === 0) return parsed.data
  for (const { path, message } of parsed.error?.issues ?? []) problems.push(`${path.join('.')} ${message}`)
  throw new Error(`The settings are not complete:\n  ${problems.join('\n  ')}`)
}

/**
 * The value of a setting, or the contents of the file that NAME_FILE names. An empty value counts as none, because that
 * is what compose passes on for a name that `.env` does not give.
 */
export function setting(name: string, environment: NodeJS.ProcessEnv): string | undefined {
  const file = environment[`${name}_FILE`]
  return environment[name] || (file ? readFileSync(file, 'utf8').trim() : undefined)
}

function database(url: string, password: string): DatabaseConfig {
  const { hostname, port, username, pathname } = new URL(url)
  return {
    host: hostname,
    port: Number(port || 3306),
    user: decodeURIComponent(username),
    password,
    database: decodeURIComponent(pathname.slice(1)),
  }
}
