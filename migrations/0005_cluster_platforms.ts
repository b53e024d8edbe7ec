// Expand: the platforms that the nodes of a cluster run.

import type { Knex } from 'knex'

export async function up(db: Knex): Promise<void> {
  await db.raw(`alter table clusters add column platforms jsonb not null default '[]'`)
}

export async function down(db: Knex): Promise<void> {
  await db.raw('alter table clusters drop column platforms')
}
