// The clusters and their peers as the service has them, and how they are changed from here.

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { dataOf } from '../../api/client.ts'
import type { ClusterPeer, Schemas } from '../../api/types.ts'
import { useSession } from '../../app/session.tsx'
import { isId } from '../preheat/use-job.ts'

const peersEveryMs = 5000

export function useCluster(id: number) {
  const { api } = useSession()
  return useQuery({
    queryKey: ['cluster', id],
    queryFn: ({ signal }) => dataOf(api.GET('/oapi/v1/clusters/{id}', { params: { path: { id } }, signal })),
    enabled: isId(id),
  })
}

/** Live. */
export function usePeers(id: number) {
  const { api } = useSession()
  return useQuery({
    queryKey: ['peers', id],
    queryFn: ({ signal }) => dataOf(api.GET('/oapi/v1/clusters/{id}/peers', { params: { path: { id } }, signal })),
    refetchInterval: peersEveryMs,
    // It is asked again soon enough, and what is wrong is to be seen at once.
    retry: false,
  })
}

/** Looks at one peer; the list shows at once how it is. */
export function useCheckPeer(id: number) {
  const { api } = useSession()
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (peer: string) =>
      dataOf(api.POST('/oapi/v1/clusters/{id}/peers/{peer}/check', { params: { path: { id, peer } } })),
    onSuccess: async (seen) => {
      // An answer that is under way is older than what was just seen.
      await cache.cancelQueries({ queryKey: ['peers', id] })
      cache.setQueryData<readonly ClusterPeer[]>(['peers', id], (known) =>
        known?.map((peer) => (peer.id === seen.id ? seen : peer)),
      )
    },
  })
}

/** Finds the peers of a cluster and looks at them, all anew. */
export function useLookAgain(id: number) {
  const { api } = useSession()
  const cache = useQueryClient()
  return useMutation({
    mutationFn: () => dataOf(api.POST('/oapi/v1/jobs', { body: { type: 'sync_peers', scheduler_cluster_ids: [id] } })),
    onSettled: () => cache.invalidateQueries({ queryKey: ['peers', id] }),
  })
}

/** The cluster that was made. */
export function useCreateCluster() {
  const { api } = useSession()
  const forget = useForget()
  return useMutation({
    mutationFn: (body: Schemas['CreateCluster']) => dataOf(api.POST('/oapi/v1/clusters', { body })),
    onSuccess: ({ id }) => forget(id),
  })
}

/** The cluster as it is then. */
export function useChangeCluster(id: number) {
  const { api } = useSession()
  const forget = useForget()
  return useMutation({
    mutationFn: (body: Schemas['ChangeCluster']) =>
      dataOf(api.PATCH('/oapi/v1/clusters/{id}', { params: { path: { id } }, body })),
    onSuccess: () => forget(id),
  })
}

export function useDeleteCluster(id: number) {
  const { api } = useSession()
  const cache = useQueryClient()
  return useMutation({
    mutationFn: () => dataOf(api.DELETE('/oapi/v1/clusters/{id}', { params: { path: { id } } })),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['clusters'] }),
  })
}

/** What was known of a cluster that has changed is asked for anew. */
function useForget() {
  const cache = useQueryClient()
  return (id: number) =>
    Promise.all([['clusters'], ['cluster', id], ['peers', id]].map((queryKey) => cache.invalidateQueries({ queryKey })))
}

export interface Question {
  readonly url: string
  /** '' for the platforms of the cluster. */
  readonly platform: string
}

/** Which peers of a cluster hold which layers of an image. */
export function useDistribution(id: number) {
  const { api } = useSession()
  return useMutation({
    mutationFn: async (args: Question) => {
      const body = { type: 'get_image_distribution' as const, args, scheduler_cluster_ids: [id] }
      const answer = await dataOf(api.POST('/oapi/v1/jobs', { body }))
      if (typeof answer === 'object' && 'image' in answer) return answer
      throw new Error('The answer says nothing of the image.')
    },
  })
}
