/** A file of the infrastructure repository. */
export interface RepositoryFile {
  /** Path from the repository's root, without a leading slash. */
  readonly path: string;

  /** The file's text. */
  readonly content: string;

  /**
   * YAML paths whose value in the repository wins over the content, each as the document's kind
   * followed by the keys.
   */
  readonly keep?: string[][];
}
