/** A document with the entity tag of its version, for If-Match. */
export type Tagged<T> = { document: T; tag: string }

/** Reads an answer with its tag. A proxy that compresses may have marked the tag as weak; the version is the same. */
export const tagged = <T>({ data, headers }: { data: T; headers: Headers }): Tagged<T> => ({
  document: data,
  tag: (headers.get('ETag') ?? '*').replace(/^W\//, ''),
})
