// Expand: what the last call was that a token was shown for.

import type { Knex } from 'knex'

export async function up(db: Knex): Promise<void> {
  await db.raw('alter table tokens add column last_used_for jsonb')
}

export async function down(db: Knex): Promise<void> {
  await db.raw('alter table tokens drop column last_used_for')
}
