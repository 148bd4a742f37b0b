import { Document, isScalar } from 'yaml';

/** A comment behind the value at a path of the document of that kind. */
export interface ValueComment {
  readonly kind: string;
  readonly path: (string | number)[];
  readonly comment: string;
}

/** What people read beside the values. */
export interface YamlComments {
  /** First line of the file. */
  readonly header?: string;
  readonly comments?: ValueComment[];
}

/** The objects as the text of one YAML file. */
export function toYaml(objects: object[], { header, comments = [] }: YamlComments = {}): string {
  const documents = objects.map((object) => documentOf(object, comments));
  if (header !== undefined) {
    documents[0].commentBefore = ` ${header}`;
  }
  // tokens are resolved inside the text, so no line may be folded in the middle of one
  return documents.map((document) => document.toString({ lineWidth: 0 })).join('---\n');
}

function documentOf(object: object, comments: ValueComment[]): Document {
  // Kubernetes reads YAML 1.1, where an application could be called `no` and mean false
  const document = new Document(object, { aliasDuplicateObjects: false, compat: 'yaml-1.1' });
  for (const { path, comment } of comments.filter(({ kind }) => document.get('kind') === kind)) {
    const node = document.getIn(path, true);
    if (!isScalar(node)) {
      throw new Error(`Cannot comment on ${path.join('.')}: ${document.get('kind')} has no value there`);
    }
    node.comment = ` ${comment}`;
  }
  return document;
}
