// The closed list of error codes, as src/codes/refusal.rs has it.

export const refusals = [
  "cancelled",
  "flow_expired",
  "flow_unknown",
  "flow_used",
  "response_mismatch",
  "interaction_required",
  "provider_refused",
  "provider_unavailable",
  "provider_invalid",
  "link_required",
  "not_permitted",
  "account_disabled",
  "server_error",
];
