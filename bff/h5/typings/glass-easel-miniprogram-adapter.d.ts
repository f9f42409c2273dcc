// The package names a type file that it does not ship; this is the part of it that the host uses.
declare module 'glass-easel-miniprogram-adapter' {
  import type { GeneralBackendContext, GeneralBehavior, GeneralComponent, ComponentSpace } from 'glass-easel';

  /** What `this` is in a page or a component. */
  export interface ComponentCaller {
    readonly _$: GeneralComponent;
    readonly is: string;
    id: string;
    readonly data: Record<string, unknown>;
    setData(data: Record<string, unknown>, callback?: () => void): void;
    selectComponent(selector: string): ComponentCaller | null;
    [member: string]: unknown;
  }

  export interface ComponentStaticConfig {
    component?: boolean;
    usingComponents?: Record<string, string>;
    styleIsolation?: string;
    addGlobalClass?: boolean;
  }

  export interface ComponentEnv {
    readonly Page: (definition: object) => void;
    readonly Component: (definition?: object) => unknown;
    readonly Behavior: (definition?: object) => unknown;
  }

  export class Root {
    get(): ComponentCaller;
    getComponent(): GeneralComponent;
    attach(parent: unknown, placeholder: unknown): void;
    release(): void;
  }

  export class AssociatedBackend {
    createRoot(tagName: string, codeSpace: CodeSpace, url: string): Root;
  }

  export class CodeSpace {
    getComponentSpace(): ComponentSpace;
    setOverallBehavior(behavior: GeneralBehavior): void;
    addStyleSheet(path: string, styleSheetUrl?: string, styleScopeName?: string): void;
    addCompiledTemplate(path: string, template: { groupList: unknown; content: unknown }): void;
    addComponentStaticConfig(path: string, config: ComponentStaticConfig): void;
    getComponentStaticConfig(path: string): ComponentStaticConfig | undefined;
    componentEnv<T>(path: string, callback: (env: ComponentEnv) => T): T;
  }

  export class MiniProgramEnv {
    associateBackend(context: GeneralBackendContext): AssociatedBackend;
    createCodeSpace(id: string, isMainSpace: boolean): CodeSpace;
  }

  export const component: { readonly ComponentCaller: { readonly prototype: object } };
}
