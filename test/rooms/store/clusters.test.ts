import { Clusters } from '../../../src/store/clusters.ts'
import { clusterStoreCases } from '../../conformance/cluster-store.cases.ts'
import { onEachDatabase } from './bench.ts'

onEachDatabase((database) => clusterStoreCases(() => new Clusters(database())))
