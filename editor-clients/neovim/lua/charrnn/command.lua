--- `:CharRNN`: what a writer asks of the server by name.
local connection = require('charrnn.client')

local M = {}

---@class charrnn.Subcommand
---@field run fun(client: vim.lsp.Client, arguments: string[])
---@field complete? fun(client?: vim.lsp.Client, lead: string): string[]

local function set(client, key, value)
  client.settings = vim.tbl_deep_extend('force', client.settings or {}, { charrnn = { [key] = value } })
  connection.call(client, 'notify', 'workspace/didChangeConfiguration', { settings = client.settings })
end

---The place that a question is about: the cursor, or where insert mode has just been left, which is one to the right.
local function place(client)
  local row, col = unpack(vim.api.nvim_win_get_cursor(0))
  local left = vim.api.nvim_buf_get_mark(0, '^')
  local width = #vim.fn.matchstr(vim.api.nvim_get_current_line():sub(col + 1), '^.')
  if vim.fn.mode() == 'n' and left[1] == row and left[2] == col + width then
    col = left[2]
  end
  return require('charrnn.position').params(client, vim.api.nvim_get_current_buf(), row - 1, col)
end

---@type table<string, charrnn.Subcommand>
local subcommands = {}

local function pausing(name)
  return {
    run = function(client, arguments)
      local here = arguments[1] == 'buffer'
      connection.execute(client, name, here and { vim.uri_from_bufnr(0) } or {})
      require('charrnn.session').dismiss()
    end,
    complete = function()
      return { 'buffer' }
    end,
  }
end

subcommands.pause = pausing('pause')
subcommands.resume = pausing('resume')

local function names_of(models)
  return vim.tbl_map(function(model)
    return model.name
  end, models or {})
end

subcommands.model = {
  run = function(client, arguments)
    local function use(name)
      if name then
        connection.execute(client, 'selectModel', { name })
      end
    end
    if arguments[1] then
      return use(arguments[1])
    end
    connection.execute(client, 'models', {}, function(models)
      vim.ui.select(names_of(models), { prompt = 'Model' }, use)
    end)
  end,
  complete = function(client)
    return names_of(client and connection.execute_now(client, 'models'))
  end,
}

subcommands.temperature = {
  run = function(client, arguments)
    local temperature = tonumber(arguments[1])
    if not temperature then
      return connection.tell('a temperature is a number from 0 to 2: :CharRNN temperature 0.5', vim.log.levels.ERROR)
    end
    set(client, 'temperature', temperature)
  end,
  complete = function()
    return { '0', '0.5', '0.8', '1' }
  end,
}

local LENGTHS = { 'word', 'phrase', 'sentence', 'line' }

subcommands.length = {
  run = function(client, arguments)
    if not vim.list_contains(LENGTHS, arguments[1]) then
      return connection.tell('a length is one of ' .. table.concat(LENGTHS, ', '), vim.log.levels.ERROR)
    end
    set(client, 'length', arguments[1])
  end,
  complete = function()
    return LENGTHS
  end,
}

subcommands.explain = {
  run = function(client)
    connection.execute(client, 'explain', { place(client) }, function(answer)
      connection.tell(answer.message)
    end)
  end,
}

subcommands.forget = {
  run = function(client)
    connection.execute(client, 'forget', {}, function()
      connection.tell('the names and phrases of your documents are forgotten')
    end)
  end,
}

subcommands.train = {
  run = function(client, arguments)
    require('charrnn.training').start(client, arguments[1], arguments[2])
  end,
  complete = function(_, lead) -- a space parts arguments, unless a backslash stands before it
    return vim.tbl_map(function(folder)
      return (folder:gsub(' ', '\\ '))
    end, vim.fn.getcompletion((lead:gsub('\\ ', ' ')), 'dir'))
  end,
}

subcommands.cancel = {
  run = function(client)
    require('charrnn.training').cancel(client)
  end,
}

subcommands.log = {
  run = function()
    vim.cmd.tabedit(vim.fn.fnameescape(vim.lsp.log.get_filename()))
  end,
}

local function names()
  local sorted = vim.tbl_keys(subcommands)
  table.sort(sorted)
  return sorted
end

local NEEDS_NO_SERVER = { log = true }

---@param call vim.api.keyset.create_user_command.command_args
function M.run(call)
  local name = call.fargs[1]
  local subcommand, client = subcommands[name], connection.of()
  if not subcommand then
    connection.tell('say one of: ' .. table.concat(names(), ', '), vim.log.levels.ERROR)
  elseif not client and not NEEDS_NO_SERVER[name] then
    connection.tell('no server is attached to this buffer; see :checkhealth charrnn', vim.log.levels.ERROR)
  else
    subcommand.run(client, vim.list_slice(call.fargs, 2))
  end
end

---@param lead string
---@param line string
---@return string[]
function M.complete(lead, line)
  local words = vim.split(line, '%s+', { trimempty = true })
  local candidates
  if #words == 1 or (#words == 2 and lead ~= '') then
    candidates = names()
  else
    local subcommand = subcommands[words[2]]
    candidates = subcommand and subcommand.complete and subcommand.complete(connection.of(), lead) or {}
  end
  return vim.tbl_filter(function(candidate)
    return vim.startswith(candidate, lead)
  end, candidates)
end

return M
