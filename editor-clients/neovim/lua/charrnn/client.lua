--- The connection to the server: found, called across Neovim's versions, and started again after a crash.
local M = {}

M.NAME = 'charrnn'

local has_methods = vim.fn.has('nvim-0.11') == 1 -- before, a client's functions took no client
local RESTARTS = 3 -- within a minute; a server that ends more often than that has a reason that stays
local restarts = {} ---@type integer[] times in seconds
local buffers = {} ---@type table<integer, table<integer, true>> of each client

---The client that serves a buffer.
---@param buf? integer default: the current one
---@return vim.lsp.Client?
function M.of(buf)
  return vim.lsp.get_clients({ bufnr = buf or 0, name = M.NAME })[1]
end

---`client:name(...)`, in any version of Neovim.
---@param client vim.lsp.Client
---@param name string
function M.call(client, name, ...)
  if has_methods then
    return client[name](client, ...)
  end
  return client[name](...)
end

---Have the server execute a command.
---@param client vim.lsp.Client
---@param command string without `charrnn.`
---@param arguments? any[]
---@param done? fun(result: any) not called after an error, which is shown
---@param token? string of the progress it reports
---@return integer? request
function M.execute(client, command, arguments, done, token)
  local params = { command = 'charrnn.' .. command, arguments = arguments, workDoneToken = token }
  local _, request = M.call(client, 'request', 'workspace/executeCommand', params, function(err, result)
    if err then
      M.tell(err.message, vim.log.levels.ERROR)
    elseif done then
      done(result)
    end
  end)
  return request
end

---The same, and wait for the answer.
---@return any? result, string? problem
function M.execute_now(client, command, arguments)
  local params = { command = 'charrnn.' .. command, arguments = arguments }
  local answer, problem = M.call(client, 'request_sync', 'workspace/executeCommand', params, 2000)
  if not answer then
    return nil, problem
  end
  return answer.result, answer.err and answer.err.message
end

---@param message string
---@param level? integer
function M.tell(message, level)
  vim.notify('charrnn: ' .. message, level or vim.log.levels.INFO)
end

---Serve the prose that is open and that will be opened. Neovim 0.11 and newer: `vim.lsp.enable('charrnn')`.
---@param config? vim.lsp.Config over that of lsp/charrnn.lua
function M.enable(config)
  if has_methods then
    vim.lsp.config(M.NAME, config or {})
    vim.lsp.enable(M.NAME)
    return
  end
  local file = vim.api.nvim_get_runtime_file('lsp/charrnn.lua', false)[1]
  local resolved = vim.tbl_deep_extend('force', dofile(file), config or {}, { name = M.NAME })
  local group = vim.api.nvim_create_augroup('charrnn.enable', {})
  local function start(buf)
    if vim.bo[buf].buftype == '' then
      vim.lsp.start(resolved, { bufnr = buf })
    end
  end
  vim.api.nvim_create_autocmd('FileType', {
    group = group,
    pattern = resolved.filetypes,
    callback = function(event)
      start(event.buf)
    end,
  })
  for _, buf in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_is_loaded(buf) and vim.list_contains(resolved.filetypes, vim.bo[buf].filetype) then
      start(buf)
    end
  end
end

local function attached(buf, client)
  buffers[client.id] = buffers[client.id] or {}
  buffers[client.id][buf] = true
  require('charrnn.session').open(buf, client)
end

local function detached(buf, client)
  require('charrnn.session').close(buf)
  vim.defer_fn(function() -- later, as buffers are detached from a crashed server as well, before `ended` or after it
    if buffers[client.id] then
      buffers[client.id][buf] = nil
    end
  end, 1000)
end

---@param event vim.api.keyset.create_autocmd.callback_args of LspAttach or LspDetach
function M.on_event(event)
  local client = vim.lsp.get_client_by_id(event.data.client_id)
  if client and client.name == M.NAME then
    local act = event.event == 'LspAttach' and attached or detached
    act(event.buf, client)
  end
end

---A server has ended. One that crashed is started again for the buffers it served.
function M.ended(code, signal, client_id)
  vim.schedule(function()
    local served, client = buffers[client_id], vim.lsp.get_client_by_id(client_id)
    buffers[client_id] = nil
    require('charrnn.status').set(client_id, nil)
    local wanted = (code == 0 and signal == 0) or signal == 15 or signal == 2 or code == 143 or code == 130
    if wanted or not client or not served or vim.v.exiting ~= vim.NIL then
      return
    end
    local now = vim.uv.now() / 1000
    restarts = vim.tbl_filter(function(time)
      return now - time < 60
    end, restarts)
    if #restarts == RESTARTS then
      M.tell(
        ('the server ended %d times in a minute and is left alone; :CharRNN log'):format(RESTARTS + 1),
        vim.log.levels.ERROR
      )
      return
    end
    table.insert(restarts, now)
    vim.defer_fn(function()
      for buf in pairs(served) do
        if vim.api.nvim_buf_is_loaded(buf) then
          vim.lsp.start(client.config, { bufnr = buf })
        end
      end
    end, 100)
  end)
end

return M
