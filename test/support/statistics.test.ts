/** The tests of distributions themselves, against tables and SciPy 1.14 (`ttest_ind(equal_var=False)`, `ks_2samp(method='asymp')`). */

import { describe, expect, test } from 'vitest';
import { incompleteBeta, twoSampleKolmogorovP, welchP } from './statistics.js';
