export const HELP = `yimu: command line of a running Yimu server 一目命令行

  npm run yimu -- <command>

  device add <gbId> --password <secret> [--name <name>]   admit a device 登记设备
      --password-file <path>   the password is the first line of a file; - reads standard input 从文件读取密码
      --no-password            let this one device register without digest 仅允许该设备免密注册
  device list [--json]         devices with serial, presence and channels 设备列表
  device remove <gbId>         remove a device and what runs on it 删除设备
  device profile <gbId> [--set <field>=<value> …] [--json]
                               how a device is dealt with: shown, or changed at once; an empty value gives a
                               field back to what is learnt 设备适配参数：查看或修改，立即生效；值为空即恢复默认
  trace <gbId> [--limit <n>] [--json | --pcap <file> | --follow]
                               SIP messages of a device, secrets masked: as text, as a file for Wireshark,
                               or as they come 设备信令跟踪（已脱敏）：文本、抓包文件或实时输出
  token [--json]               a new access token for the APIs 生成访问令牌
  ticket <serial|gbId> [--channel <n>] [--hours <n>] [--json]
                               a ticket of one camera: the scene of a mini-program code, and a link
                               生成单个通道的观看凭证（小程序码 scene 与网页链接）
  simulate --server <host:port> --password <secret> --devices <n> --rate <n> …
                               software cameras for any platform; see simulate --help 模拟设备
      --admit                  admit them at the running server first, which is then the default for --server
                               先在本机服务登记这些设备；此时可省略 --server
  --help                       this text 本帮助

The server is found through the data directory (YIMU_DATA_DIR, .yimu by default).
Exit codes 退出码: 0 done 成功; 1 refused, or no server runs 被拒绝或服务未运行; 2 unusable command line 命令有误.
`;
