// All scenarios.

import { adminScenarios } from "./admin";
import { apiAccessScenarios } from "./api_access";
import { driveScenarios } from "./drive";
import { linkPromptScenarios } from "./link_prompt";
import type { Scenarios } from "./scenario";
import { settingsScenarios } from "./settings";
import { signInScenarios } from "./sign_in";

export const scenarios: Scenarios = {
  ...signInScenarios,
  ...linkPromptScenarios,
  ...settingsScenarios,
  ...driveScenarios,
  ...apiAccessScenarios,
  ...adminScenarios,
};
