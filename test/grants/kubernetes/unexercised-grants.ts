/** Grants in the cluster that no run uses, by `describeGrant`, and why they stay */
export const UNEXERCISED_GRANTS: Readonly<Record<string, string>> = {};
