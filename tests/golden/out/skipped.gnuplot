#### no line picture: no parameter of type size has two values
#### no picture around the huge page size: no size is within two pages of it
#### no distribution picture: no op was observed singly
