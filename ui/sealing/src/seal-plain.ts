// SPDX-License-Identifier: Apache-2.0
import { plainPrimitives } from "./plain";
import { serve } from "./sealing_work";
serve(async () => plainPrimitives());
