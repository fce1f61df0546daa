// SPDX-License-Identifier: Apache-2.0
import { serve } from "./sealing_work";
import { sodiumPrimitives } from "./sodium";
serve(sodiumPrimitives);
