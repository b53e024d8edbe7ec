// Expand: the access tokens, known only by their hashes.

import type { Knex } from 'knex'

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    create table tokens (
      id bigint generated always as identity primary key,
      name text not null,
      hash text not null unique,
      permissions jsonb not null,
      user_id bigint not null,
      active boolean not null default true,
      expires_at timestamptz not null,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    )`)
}

export async function down(db: Knex): Promise<void> {
  await db.raw('drop table tokens')
}
