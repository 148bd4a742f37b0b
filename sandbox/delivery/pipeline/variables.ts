/** The variables of an execution, by namespace. */
export type Namespaces = Readonly<Record<string, Readonly<Record<string, string>>>>;

const REFERENCE = /#\{([^.{}]+)\.([^{}]+)\}/g;

/**
 * An action's configuration with its `#{namespace.variable}` references replaced.
 *
 * @throws where one refers to nothing, as the action would fail
 */
export function resolveConfiguration(configuration: Readonly<Record<string, string>>, namespaces: Namespaces): Record<string, string> {
  return Object.fromEntries(Object.entries(configuration).map(([key, value]) => [key, value.replace(REFERENCE, (reference, namespace, name) => {
    const known = namespaces[namespace];
    if (!known) {
      throw new Error(`${key} refers to ${reference}, but no action before this one has the namespace ${namespace}.`);
    }
    if (known[name] === undefined) {
      throw new Error(`${key} refers to ${reference}, but ${namespace} has only the variables ${Object.keys(known).join(', ') || '(none)'}.`);
    }
    return known[name];
  })]));
}
