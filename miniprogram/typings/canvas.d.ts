/** The WeChat typings name the browser's 2D context; the mini-program has no DOM library, so it is named here. */
type CanvasRenderingContext2D = WechatMiniprogram.CanvasRenderingContext.CanvasRenderingContext2D;
