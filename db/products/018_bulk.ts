import type { Knex } from 'knex'

/**
 * What is done with many products at once is an import whose rows come from a list of products. Its states are others than
 * those of a file, so that an older version, which knows nothing of archived rows, leaves it alone.
 */
export async function up(knex: Knex) {
  if (!(await knex.schema.hasColumn('imports', 'act'))) {
    await knex.raw(`ALTER TABLE imports ADD COLUMN act TEXT NULL
      COMMENT 'JSON: what is done with which products, where there is no file'`)
  }
  for (const name of ['archived', 'was_archived']) {
    if (await knex.schema.hasColumn('import_rows', name)) continue
    await knex.raw(`ALTER TABLE import_rows ADD COLUMN ${name} TINYINT UNSIGNED NULL COMMENT 'NULL: stays as it is'`)
  }
}

export async function down(knex: Knex) {
  await knex.raw('ALTER TABLE imports DROP COLUMN act')
  await knex.raw('ALTER TABLE import_rows DROP COLUMN archived, DROP COLUMN was_archived')
}
