// Expand: what the contracts keep beside the work: notes and last use of tokens, what clients say about clusters, names
// of commands, and counts of calls.

import type { Knex } from 'knex'

export async function up(db: Knex): Promise<void> {
  await db.raw(`alter table tokens add column bio text not null default '', add column last_used_at timestamptz`)
  // Replicas that started for the first time at the same moment have each made an `administrator`.
  await db.raw(`
    update tokens set name = name || ' ' || id
    where exists (select from tokens earlier where earlier.name = tokens.name and earlier.id < tokens.id)`)
  await db.raw('create unique index tokens_name_key on tokens (name)')
  await db.raw(`
    alter table clusters
    add column kept jsonb not null default '{"scopes": {}, "scheduler": {}, "seedPeer": {}, "peer": {}}'`)
  // A retried job begins anew: what was begun before counts no longer towards the jobs that never come to an end.
  await db.raw(`
    alter table jobs add column idempotency_key text, add column first_epoch integer not null default 0`)
  await db.raw(`
    create unique index jobs_idempotency_key on jobs (user_id, idempotency_key) where idempotency_key is not null`)
  // Unlogged: to lose the counts in a crash is cheaper than to write them twice.
  await db.raw(`
    create unlogged table rate_limits (
      key text primary key,
      hits bigint not null,
      resets_at timestamptz not null
    )`)
}

export async function down(db: Knex): Promise<void> {
  await db.raw('drop table rate_limits')
  await db.raw('alter table jobs drop column idempotency_key, drop column first_epoch')
  await db.raw('alter table clusters drop column kept')
  await db.raw('drop index tokens_name_key')
  await db.raw('alter table tokens drop column bio, drop column last_used_at')
}
