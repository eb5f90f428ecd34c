/** Writes docs/timing-profiles.md, the table of features by timing profile: `npx tsx scripts/timing-profiles.ts`. */

import { writeFileSync } from 'node:fs';
import { timingProfilesPage } from '../src/lower/features/page.js';

writeFileSync(new URL('../docs/timing-profiles.md', import.meta.url), timingProfilesPage());
