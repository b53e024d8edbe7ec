// The media types of manifests and what they say. OCI image-spec v1.1 media-types.md; distribution, "Image Manifest v2".

export const indexTypes: readonly string[] = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
]
export const imageTypes: readonly string[] = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
]
/** Signed and unsigned. */
export const schema1Types: readonly string[] = [
  'application/vnd.docker.distribution.manifest.v1+prettyjws',
  'application/vnd.docker.distribution.manifest.v1+json',
]

/** Always all of them: a registry that has only an index answers 404 to who does not accept one. */
export const manifestAccept = [...indexTypes, ...imageTypes, ...schema1Types].join(', ')

/** Layers that are not on the registry: docker's foreign ones and OCI's non-distributable ones. */
export const isForeign = (mediaType: string): boolean => /\.foreign\.|\.nondistributable\./.test(mediaType)

/** A config that says what platform the image is for. */
export const isImageConfig = (mediaType: string): boolean =>
  mediaType === 'application/vnd.oci.image.config.v1+json' ||
  mediaType === 'application/vnd.docker.container.image.v1+json'

/** Of schema 1, which does not say. */
export const schema1Layer = 'application/vnd.docker.image.rootfs.diff.tar.gzip'
export const unknownBytes = 'application/octet-stream'
