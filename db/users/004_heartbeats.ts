import type { Knex } from 'knex'

/**
 * A row a second of each replica. The key of the table is the order of arrival, so that rows are only ever added at its
 * end and swept from its beginning; time ranges are read by the index.
 */
export async function up(knex: Knex) {
  await knex.raw(`
    CREATE TABLE IF NOT EXISTS heartbeats (
      id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
      beat_at DATETIME(3) NOT NULL COMMENT 'by the clock of this server',
      replica VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      life CHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'random, of each start; in containers every pid is 1',
      process VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'pid, or id of the container',
      version VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      state VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'starting, ready, draining or left',
      uptime_ms BIGINT UNSIGNED NOT NULL,
      span_ms INT UNSIGNED NOT NULL COMMENT 'what requests and errors were counted over',
      requests INT UNSIGNED NOT NULL,
      errors INT UNSIGNED NOT NULL,
      p50_ms FLOAT NULL COMMENT 'of the last seconds; NULL where nobody asked for anything',
      p95_ms FLOAT NULL,
      p99_ms FLOAT NULL,
      in_flight INT UNSIGNED NOT NULL COMMENT 'at most at once, since the one before',
      lag_ms FLOAT NOT NULL COMMENT 'of the event loop, the longest since the one before',
      memory_bytes BIGINT UNSIGNED NOT NULL,
      pool_used INT UNSIGNED NOT NULL COMMENT 'at most at once, since the one before',
      pool_size INT UNSIGNED NOT NULL,
      PRIMARY KEY (id),
      KEY heartbeats_beat_at (beat_at)
    ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci`)
}

export async function down(knex: Knex) {
  await knex.raw('DROP TABLE IF EXISTS heartbeats')
}
