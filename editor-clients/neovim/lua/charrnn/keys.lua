--- Keys that act on a suggestion, and do what they did before where there is none.
local M = {}

---What a mapping that was there before makes of its key.
---@param before table as `maparg()` describes it
---@param key string
---@return string keys to go on with, as codes: an expression may have given some already, as with "\<Left>"
local function pass_on(before, key)
  if before.expr == 1 then
    local keys = before.callback and (before.callback() or '') or vim.api.nvim_eval(before.rhs)
    return before.replace_keycodes == 1 and vim.keycode(keys) or keys
  elseif before.callback then
    vim.schedule(before.callback)
    return ''
  end
  return vim.keycode(before.rhs or key)
end

---@param key string
---@param action fun(): boolean
---@param desc string
function M.map(key, action, desc)
  local before = vim.fn.maparg(key, 'i', false, true)
  if before.desc == desc then
    return -- mapped already, as by a configuration that is read again
  end
  vim.keymap.set('i', key, function()
    return action() and '' or pass_on(before, key)
  end, { expr = true, replace_keycodes = false, desc = desc })
end

return M
