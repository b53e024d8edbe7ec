// Expand: the jobs, which are their own queue entries, and their tasks.

import type { Knex } from 'knex'

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    create table jobs (
      id bigint generated always as identity primary key,
      task_id text not null,
      contract text not null,
      type text not null check (type in ('image', 'file')),
      bio text not null,
      user_id bigint not null,
      state text not null default 'queued'
        check (state in ('queued', 'resolving', 'warming', 'succeeded', 'failed', 'cancelled')),
      request jsonb not null,
      secrets bytea,
      cluster_ids jsonb not null,
      pinned text,
      platforms jsonb not null default '[]',
      warnings jsonb not null default '[]',
      progress jsonb not null,
      problem jsonb,
      cancel_requested boolean not null default false,
      lease_holder text,
      lease_epoch integer not null default 0,
      lease_until timestamptz,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      deadline_at timestamptz not null,
      settled_at timestamptz,
      constraint jobs_end_is_dated check ((settled_at is not null) = (state in ('succeeded', 'failed', 'cancelled'))),
      constraint jobs_end_is_clean check (settled_at is null or (secrets is null and lease_until is null))
    )`)
  // Claims read only what is not settled, however many jobs there have been.
  await db.raw('create index jobs_open on jobs (id) where settled_at is null')
  // Lists are newest first by the primary key; the rare states must not be searched for among all the others.
  await db.raw('create index jobs_by_state on jobs (state, id)')
  await db.raw(`
    create table tasks (
      job_id bigint not null references jobs (id) on delete cascade,
      ordinal integer not null,
      peer jsonb not null,
      blob jsonb not null,
      state text not null check (state in ('waiting', 'running', 'warm', 'failed', 'cancelled')),
      attempts integer not null,
      bytes bigint not null,
      source text,
      proof text,
      digest text,
      problem jsonb,
      started_at timestamptz,
      ended_at timestamptz,
      primary key (job_id, ordinal)
    )`)
}

export async function down(db: Knex): Promise<void> {
  await db.raw('drop table tasks')
  await db.raw('drop table jobs')
}
