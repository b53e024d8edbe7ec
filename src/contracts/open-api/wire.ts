// The bytes of the Open API: types from its document, and the defaults that Dragonfly fills in.

import type { components } from '../../../openapi/open-api.ts'

type Schemas = components['schemas']
/** What a client sends, once the door has held it against the document. */
export type CreateJob = Schemas['CreateJob']
export type Args = Schemas['Args']
export type ChangeJob = Schemas['ChangeJob']
export type RetryJob = Schemas['RetryJob']
export type CreateCluster = Schemas['CreateCluster']
export type ChangeCluster = Schemas['ChangeCluster']
export type CreateToken = Schemas['CreateToken']
export type ChangeToken = Schemas['ChangeToken']

/** What it is shown. */
export type ShownJob = Schemas['Job']
export type ShownArgs = Schemas['ShownArgs']
export type SchedulerCluster = Schemas['SchedulerCluster']
export type Result = Schemas['Result']
export type JobState = Schemas['JobState']
export type ClusterResult = Schemas['ClusterResult']
export type State = Schemas['State']
export type ShownTask = Schemas['Task']
export type ShownBlob = Schemas['Blob']
export type ShownPeer = Schemas['Peer']
export type ShownJobMap = Schemas['JobMap']
export type ShownCause = Schemas['Cause']
export type ShownPlan = Schemas['Plan']
export type ShownDistribution = Schemas['ImageDistribution']
export type ShownCluster = Schemas['Cluster']
export type ShownClusterPeer = Schemas['ClusterPeer']
export type BlockList = Schemas['BlockList']
export type ShownToken = Schemas['Token']
export type ShownCaller = Schemas['Caller']
export type ShownService = Schemas['Service']
export type Refusal = Schemas['Refusal']
export type FieldError = Schemas['FieldError']

export const taskStates = ['waiting', 'running', 'warm', 'failed', 'cancelled'] as const

/** dragonflyoss/dragonfly pkg/net/http/header.go@v2.5.1, its two repetitions included: clients compare the text. */
export const usualFilteredQueryParams = [
  'X-Amz-Algorithm',
  'X-Amz-Credential',
  'X-Amz-Date',
  'X-Amz-Expires',
  'X-Amz-SignedHeaders',
  'X-Amz-Signature',
  'X-Amz-Security-Token',
  'X-Amz-User-Agent',
  'X-Goog-Algorithm',
  'X-Goog-Credential',
  'X-Goog-Date',
  'X-Goog-Expires',
  'X-Goog-SignedHeaders',
  'X-Goog-Signature',
  'OSSAccessKeyId',
  'Expires',
  'Signature',
  'SecurityToken',
  'AccessKeyId',
  'Signature',
  'Expires',
  'X-Obs-Date',
  'X-Obs-Security-Token',
  'q-sign-algorithm',
  'q-ak',
  'q-sign-time',
  'q-key-time',
  'q-header-list',
  'q-url-param-list',
  'q-signature',
  'x-cos-security-token',
  'ns',
] as const

/** Of Go's zero time, which clients of Dragonfly see where nothing is kept. */
export const zeroTime = '0001-01-01T00:00:00Z'
export const nanosecondsPerMs = 1_000_000
export const leastPieceLength = 4 * 1024 * 1024
