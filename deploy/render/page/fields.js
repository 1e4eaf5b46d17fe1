// The field settings of a board's JSON, applied by Grafana's own code: units, decimals, words, thresholds, colours.
import { lastValueFrom } from 'rxjs';
import {
  applyFieldOverrides,
  dataLinksOverrideProcessor,
  displayNameOverrideProcessor,
  identityOverrideProcessor,
  locationUtil,
  numberOverrideProcessor,
  standardFieldConfigEditorRegistry,
  standardTransformers,
  standardTransformersRegistry,
  stringOverrideProcessor,
  thresholdsOverrideProcessor,
  transformDataFrame,
  unitOverrideProcessor,
  valueMappingsOverrideProcessor,
} from '@grafana/data';

const STANDARD = {
  unit: unitOverrideProcessor,
  min: numberOverrideProcessor,
  max: numberOverrideProcessor,
  decimals: numberOverrideProcessor,
  displayName: displayNameOverrideProcessor,
  noValue: stringOverrideProcessor,
  color: identityOverrideProcessor,
  thresholds: thresholdsOverrideProcessor,
  mappings: valueMappingsOverrideProcessor,
  links: dataLinksOverrideProcessor,
};
const CUSTOM = [
  'drawStyle', 'lineInterpolation', 'lineWidth', 'fillOpacity', 'showPoints', 'spanNulls', 'stacking', 'thresholdsStyle',
  'cellOptions', 'minWidth', 'width', 'align',
];

/** Makes Grafana's registries, which its application fills at its start. */
export function register() {
  standardFieldConfigEditorRegistry.setInit(() => [
    ...Object.entries(STANDARD).map(([id, process]) => property(id, id, process, false)),
    ...CUSTOM.map((path) => property(`custom.${path}`, path, identityOverrideProcessor, true)),
  ]);
  standardTransformersRegistry.setInit(() =>
    [...new Map(Object.values(standardTransformers).map((one) => [one.id, one])).values()].map((transformation) => ({
      id: transformation.id,
      name: transformation.name,
      transformation,
    }))
  );
  locationUtil.initialize({
    config: { appSubUrl: '' },
    getVariablesUrlParams: () => ({}),
    getTimeRangeForUrl: () => ({ from: '', to: '' }),
  });
}

/** The frames as the panel shows them: transformed, each field with its settings and its display processor. */
export async function shown(panel, frames, theme, timeZone, fill) {
  const transformed = await lastValueFrom(
    transformDataFrame(panel.transformations ?? [], frames, { interpolate: fill })
  );
  return applyFieldOverrides({
    data: transformed,
    fieldConfig: withInfinity(panel.fieldConfig),
    replaceVariables: fill,
    theme,
    timeZone,
  });
}

/** JSON knows no infinity: a first threshold without a value counts from minus infinity. */
function withInfinity(config) {
  const copy = structuredClone(config);
  const all = [
    copy.defaults.thresholds,
    ...copy.overrides.flatMap((rule) => rule.properties.filter((one) => one.id === 'thresholds').map((one) => one.value)),
  ];
  for (const thresholds of all) {
    if (thresholds?.steps?.length > 0 && thresholds.steps[0].value == null) {
      thresholds.steps[0].value = -Infinity;
    }
  }
  return copy;
}

function property(id, path, process, isCustom) {
  return {
    id, path, process, isCustom, name: id, settings: {}, shouldApply: () => true, editor: () => null, override: () => null,
  };
}
