// Expand: the clusters, with cluster 1, `local`, which holds the embedded peer.

import type { Knex } from 'knex'

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    create table clusters (
      id bigint generated always as identity primary key,
      name text not null unique,
      driver text not null,
      bio text not null default '',
      is_default boolean not null default false,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    )`)
  await db.raw(`insert into clusters (name, driver, is_default) values ('local', 'local', true)`)
}

export async function down(db: Knex): Promise<void> {
  await db.raw('drop table clusters')
}
