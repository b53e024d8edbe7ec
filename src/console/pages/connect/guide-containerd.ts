// How containerd pulls from the embedded peer first: its hosts.toml for one registry. Pure.
// The form is containerd's docs/hosts.md.

import { typed, type Place, type Step } from './step.ts'

export function containerdSteps(place: Place): readonly Step[] {
  const { registry } = place
  const folder = '/etc/containerd/certs.d'
  return [
    {
      text: `On each node, write ${folder}/${registry}/hosts.toml. containerd reads it at every pull; nothing has to be restarted for it.`,
      values: [typed('File', `${folder}/${registry}/hosts.toml`), typed('hosts.toml', hostsToml(place))],
      warning:
        'The token stands in the file: let only root read it. On the machine that Warmfront itself runs on the last two lines can be left out (mirror_allow), but a pull without the token cannot be seen on this page.',
    },
    {
      text: 'For Kubernetes, containerd must look there: set config_path, which many distributions do, and restart containerd once.',
      values: [
        typed('containerd 2, in config.toml', cri('io.containerd.cri.v1.images')),
        typed('containerd 1, in config.toml', cri('io.containerd.grpc.v1.cri')),
      ],
    },
    {
      text: 'See it work, with an image that was preheated. What is not warm here comes from the registry as ever.',
      values: [typed('On the node', `ctr content fetch --hosts-dir ${folder} ${registry}/library/app:1.0`)],
    },
    {
      text: 'With "resolve" tags are answered here, too, for an hour after they were preheated (tag_lifetime), also while the registry is down. Leave it out where tags move.',
    },
  ]
}

/** `server` comes first: in TOML it would belong to the table above it otherwise. */
function hostsToml({ address, token, registry }: Place): string {
  return [
    `server = "${originOf(registry)}"`,
    '',
    `[host."${address}"]`,
    '  capabilities = ["pull", "resolve"]',
    `  [host."${address}".header]`,
    `    Authorization = "Bearer ${token}"`,
    '',
  ].join('\n')
}

/** Docker Hub serves its images under another name than they bear. */
const originOf = (registry: string): string =>
  registry === 'docker.io' ? 'https://registry-1.docker.io' : `https://${registry}`

const cri = (plugin: string): string =>
  [`[plugins."${plugin}".registry]`, '  config_path = "/etc/containerd/certs.d"'].join('\n')
