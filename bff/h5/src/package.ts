export interface UnitConfig {
  readonly component?: boolean;
  readonly styleIsolation?: string;
  readonly addGlobalClass?: boolean;
  readonly navigationBarTitleText?: string;
  readonly navigationBarBackgroundColor?: string;
  readonly navigationBarTextStyle?: string;
  readonly navigationStyle?: string;
  readonly backgroundColor?: string;
  readonly disableScroll?: boolean;
  readonly enablePullDownRefresh?: boolean;
  readonly onReachBottomDistance?: number;
}

export interface PackageUnit {
  readonly kind: 'page' | 'component';
  readonly config: UnitConfig;
  /** Local tag name to component path. */
  readonly using: Readonly<Record<string, string>>;
}

type ThemeValues = Readonly<Record<string, string>>;

/** The body of one CommonJS file; the names are those of the package script's wrapper. */
export type ModuleBody = (
  require: (reference: string) => unknown,
  module: { exports: unknown },
  exports: unknown,
  wx: object,
  App: (definition?: object) => void,
  Page: (definition: object) => void,
  Component: (definition?: object) => unknown,
  Behavior: (definition?: object) => unknown,
  getApp: () => unknown,
  getCurrentPages: () => unknown[],
) => void;

/** What the build makes of dist/mp for the browser host. */
export interface MiniProgramPackage {
  readonly config: { readonly window?: UnitConfig };
  /** Values of `@name` in the configuration, by the system's colour scheme. */
  readonly theme?: { readonly light?: ThemeValues; readonly dark?: ThemeValues };
  /** Page paths, the first one is the entry. */
  readonly pages: readonly string[];
  readonly units: Readonly<Record<string, PackageUnit>>;
  /** Compiled style sheets by path (`app` too), class names of `scope` are prefixed with it. */
  readonly styles: Readonly<Record<string, { readonly css: string; readonly scope?: string }>>;
  /** Package path of a picture to its served path. */
  readonly assets: Readonly<Record<string, string>>;
  readonly modules: Readonly<Record<string, ModuleBody>>;
  /** Render functions by path, as the template compiler makes them. */
  readonly templates: Readonly<Record<string, unknown>>;
}

declare global {
  var yimuPackage: MiniProgramPackage | undefined;
}
