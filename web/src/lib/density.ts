/** How large photos are in a grid, on this device. app.html applies the density before the first paint. */
export const DENSITIES = ['compact', 'comfortable', 'large'] as const;
export type Density = (typeof DENSITIES)[number];

/** Photos side by side on a phone. */
export const COLUMNS = [9, 5, 3, 2] as const;
export type Columns = (typeof COLUMNS)[number];

export interface PhotoSize {
  density: Density;
  columns: Columns;
}

const USUAL: PhotoSize = { density: 'comfortable', columns: 3 };
const STORED = { density: 'density', columns: 'columns' } as const;

export function currentPhotoSize(): PhotoSize {
  const density = localStorage.getItem(STORED.density);
  const columns = Number(localStorage.getItem(STORED.columns));
  return {
    density: DENSITIES.find((one) => one === density) ?? USUAL.density,
    columns: COLUMNS.find((one) => one === columns) ?? USUAL.columns,
  };
}

export function choosePhotoSize({ density, columns }: PhotoSize): void {
  keep(STORED.density, density, USUAL.density);
  keep(STORED.columns, String(columns), String(USUAL.columns));
  const { dataset } = document.documentElement;
  if (density === USUAL.density) delete dataset.density;
  else dataset.density = density;
}

/** One step larger (1) or smaller (-1); the same at the end. */
export function nextPhotoSize(size: PhotoSize, isPhone: boolean, step: 1 | -1): PhotoSize {
  if (isPhone) return { ...size, columns: COLUMNS[COLUMNS.indexOf(size.columns) + step] ?? size.columns };
  return { ...size, density: DENSITIES[DENSITIES.indexOf(size.density) + step] ?? size.density };
}

function keep(name: string, value: string, usual: string): void {
  if (value === usual) localStorage.removeItem(name);
  else localStorage.setItem(name, value);
}
