import { keepSecret } from './secrets.js'

/**
 * The container form's one-shot that makes the secrets which `.env` does not give. The volumes' mounts decide who sees
 * a secret; inside a container every user may read it, because the database's runs as another one than the replicas'.
 */
const secrets = {
  '/secrets/app/app_secret': process.env.APP_SECRET,
  '/secrets/app/master_key': process.env.MASTER_KEY,
  '/secrets/app/users_password': process.env.USERS_DATABASE_PASSWORD,
  '/secrets/app/products_password': process.env.PRODUCTS_DATABASE_PASSWORD,
  '/secrets/admin/mysql_root_password': process.env.MYSQL_ROOT_PASSWORD,
}
for (const [file, given] of Object.entries(secrets)) keepSecret(file, given, 0o444)
