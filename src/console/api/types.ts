// The nouns of the Open API, by the names that this page has for them.

import type { components } from '../../../openapi/open-api.ts'

export type Schemas = components['schemas']
export type Job = Schemas['Job']
export type Phase = Job['phase']
export type Task = Schemas['Task']
export type Blob = Schemas['Blob']
export type Peer = Schemas['Peer']
export type Plan = Schemas['Plan']
export type JobMap = Schemas['JobMap']
export type Cause = Schemas['Cause']
export type Cluster = Schemas['Cluster']
export type ClusterPeer = Schemas['ClusterPeer']
export type Token = Schemas['Token']
export type Scope = Schemas['TokenScope']
export type Caller = Schemas['Caller']
export type Service = Schemas['Service']
export type CreateJob = Schemas['CreateJob']
