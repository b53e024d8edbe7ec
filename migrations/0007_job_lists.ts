// Expand: who asked for a job, the text that it is searched by, the jobs of a peer, and which plan the tasks are of.

import type { Knex } from 'knex'

export async function up(db: Knex): Promise<void> {
  // `search` stays null in jobs of before, and of replicas that do not know it.
  await db.raw(`alter table jobs add column requested_by text not null default '', add column search text`)
  // How many plans the job has had, and of how many tasks the last one is; null while that is not there as a whole.
  await db.raw('alter table jobs add column plans integer not null default 0, add column plan_tasks integer')
  await db.raw(`
    update jobs set plans = 1, plan_tasks = planned.tasks
    from (
      select jobs.id, (jobs.progress->>'tasks')::integer as tasks, count(*) as there
      from jobs join tasks on tasks.job_id = jobs.id and tasks.ordinal < (jobs.progress->>'tasks')::integer
      where jobs.settled_at is not null group by jobs.id
    ) planned
    where jobs.id = planned.id and planned.tasks = planned.there`)
  await db.raw('create index job_peers_by_peer on job_peers (id, job_id)')
}

export async function down(db: Knex): Promise<void> {
  await db.raw('drop index if exists job_peers_by_peer')
  await db.raw(`
    alter table jobs drop column requested_by, drop column search, drop column plans, drop column plan_tasks`)
}
