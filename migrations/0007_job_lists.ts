// Expand: who asked for a job, the text that it is searched by, the jobs of a peer, and which plan the tasks are of.

import type { Knex } from 'knex'

export async function up(db: Knex): Promise<void> {
  // `search` stays null in jobs of before, and of replicas that do not know it.
  await db.raw(`alter table jobs add column requested_by text not null default '', add column search text`)
  // How many plans the job has had, and of how many tasks the last one is; null while that is not there as a whole. Jobs of
  // before have no map: to count the tasks of all of them would hold the table for as long as there are many.
  await db.raw('alter table jobs add column plans integer not null default 0, add column plan_tasks integer')
  await db.raw('create index job_peers_by_peer on job_peers (id, job_id)')
  // A list that somebody keeps open asks every two seconds how many there are: counted without a look at the rows.
  await db.raw('create index jobs_by_type on jobs (type, state, id)')
}

export async function down(db: Knex): Promise<void> {
  await db.raw('drop index if exists job_peers_by_peer')
  await db.raw('drop index if exists jobs_by_type')
  await db.raw(`
    alter table jobs drop column requested_by, drop column search, drop column plans, drop column plan_tasks`)
}
